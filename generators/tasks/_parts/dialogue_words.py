"""The wordings of dialogue: for each template five lines.

the line above a conversation, with its number
  the question for the nth mention of a word
  the question for the turn before or after a quoted one
  the question for the speaker of quoted words
  what stands before the answer | what a conversation is called
"""

WORDINGS = """\
Conversation {number}
  What is said in the {ordinal} turn in which "{speaker}" says "{word}"?
  Which words make up the turn {moment} the one that contains {quote}?
  Where do we read {quote}, and who is speaking?
  It says: | conversation
Dialogue {number}
  Reading from the top, quote the {ordinal} turn where "{word}" is used by "{speaker}".
  Find {quote}. Quote the turn that stands {moment} it.
  Name the dialogue and the speaker of {quote}.
  Quoted: | dialogue
Transcript {number}
  For the record: "{speaker}" brings up "{word}" several times. How does the {ordinal} run?
  The stenographer has {quote}. How does the turn {moment} that run?
  To which transcript, and to whom, does the stenographer's index assign {quote}?
  It runs: | transcript
Call log {number}
  An auditor wants the {ordinal} time that "{speaker}" mentions "{word}". Which turn is that?
  An auditor has marked {quote} and asks for the turn {moment} it.
  An auditor traces {quote}. To which call log, and to whom?
  For the auditor: | call log
Chat {number}
  scroll down to the {ordinal} turn by "{speaker}" with "{word}" in it: what does it say?
  someone wrote {quote}. what is written {moment} that turn?
  who wrote {quote}, and in which chat?
  found: | chat
Interview {number}
  Count the turns in which "{speaker}" utters "{word}". What do we hear in the {ordinal}?
  What do we hear {moment} the turn with {quote} in it?
  Where among the interviews do we hear {quote}, and whose words are they?
  We hear: | interview
Tape {number}
  Play the {ordinal} turn of "{speaker}" in which the word "{word}" is heard. What is on it?
  Wind to {quote}. What is on the turn {moment} it?
  Which tape holds each of these, and in whose voice: {quote}?
  On it: | tape
Record {number}
  Retrieve turn: role "{speaker}", contains "{word}", {ordinal} match in order of the text.
  Retrieve turn: position {moment} the match of {quote}.
  Retrieve record and role for {quote}.
  Retrieved: | record
Session {number}
  A colleague recalls "{speaker}" saying "{word}" often, and means the {ordinal} turn. Quote it.
  A colleague recalls {quote} but not the turn {moment} it. Supply that one.
  A colleague recalls {quote}, but neither the session nor the speaker. Supply them.
  To jog the memory: | session
Exchange {number}
  "{word}", says "{speaker}", and we take note. Give the {ordinal} turn of that sort.
  We come upon {quote}. Give the turn {moment} it.
  We come upon {quote}. Give the exchange, and whoever speaks.
  Given: | exchange
Talk {number}
  Let us number the turns of "{speaker}" that have "{word}" in them. What does the {ordinal} say?
  Let us look {moment} the turn that has {quote} in it. What is said there?
  Let us find out where {quote} was said, and by whom.
  We find: | talk
Protocol {number}
  The clerk underlines "{word}" wherever "{speaker}" says it. Copy out the {ordinal} such turn.
  The clerk underlines {quote}. Copy out the turn {moment} it.
  The clerk underlines {quote}. State the protocol and the person.
  Copied out: | protocol
Thread {number}
  Which reply, the {ordinal} by "{speaker}" to feature "{word}", are we after?
  Which turn comes {moment} the one featuring {quote}?
  Tell thread and hand for each of these: {quote}.
  This one: | thread
Meeting {number}
  Minutes, please: how did "{speaker}" put it, the {ordinal} turn with "{word}" in it?
  Minutes, please: {quote} was said. What was said {moment} that turn?
  Minutes, please: where was {quote} said, and who had the floor?
  Minuted: | meeting
Consultation {number}
  A trainee studies how "{speaker}" uses "{word}". Show the trainee the {ordinal} turn that has it.
  A trainee stops at {quote}. Show what stands {moment} that turn.
  A trainee stops at {quote}. Tell the consultation and the speaker.
  Shown: | consultation
File {number}
  Exhibit wanted: turn of "{speaker}", the {ordinal} one in which "{word}" appears.
  Exhibit wanted: whatever stands {moment} the turn with the words {quote}.
  Exhibit wanted: file and speaker for the words {quote}.
  Exhibit: | file
Round {number}
  All rounds lie open. "{speaker}" includes "{word}" in several turns: what is the {ordinal}?
  The rounds lie before you. What was said {moment} the turn that includes {quote}?
  Search all the rounds for {quote}. Where is each, and out of whose mouth?
  The words: | round
Enquiry {number}
  Our index sends "{word}" to several turns of "{speaker}". Look up the {ordinal} and read it out.
  Our index sends us to {quote}. Read out the turn {moment} it.
  Our index has lost {quote}. Restore the enquiry and the voice.
  Read out: | enquiry
Scene {number}
  Prompter! What is the line in the {ordinal} turn where "{speaker}" has "{word}"?
  Prompter! Next to {quote}, namely {moment} it, what is the line?
  Prompter! From what scene, and whose line: {quote}?
  The line: | scene
Contact {number}
  Quality review: locate, for "{speaker}", the {ordinal} turn that contains "{word}".
  Quality review: locate {quote}, then report the turn {moment} it.
  Quality review: report for {quote} the contact and the party that spoke.
  Reported: | contact
Page {number}
  With a finger on each turn where "{speaker}" says "{word}", stop at the {ordinal}. Read it.
  With a finger on {quote}, move to the turn {moment} it. What do you read?
  With a finger on {quote}, what do you note as page and speaker?
  There: | page
Visit {number}
  Several turns of "{speaker}" hold the word "{word}"; the {ordinal} is what I need.
  I remember {quote}; the turn {moment} it is what I need.
  I remember {quote}; the visit and the speaker are what I need.
  Here you are: | visit
Ticket {number}
  Author: "{speaker}". Term: "{word}". Of the turns that match, show the {ordinal}.
  Search hit: {quote}. Show what comes {moment} the hit.
  Search hit: {quote}. Show ticket and author.
  Hit: | ticket
Letter book, talk {number}
  My uncle wrote the talks down. What is the {ordinal} turn of "{speaker}" to have "{word}"?
  My uncle wrote {quote}. What has he {moment} that turn?
  My uncle wrote {quote}. Under which talk is each, and whom does he credit?
  My uncle has: | talk
"""
