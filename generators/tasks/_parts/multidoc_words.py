"""The words of `multidoc`: headings, questions, and the rules that make an answer the only one.

    Passage Kovutal  |  In which passage above do the words "left at noon" stand?  |  Reader:

A template has a heading, a question about a blank, one about a label, a lead, and what it calls a
passage. The rule of what is asked for follows the question.
"""

import re

from generators.retrieval.quotes import Ask, Quote
from generators.tasks._parts.wordings import fields_of
from schemas.task import Template

ABSENT = "not stated"
RULES: dict[Ask, str] = {
    "cloze": "The blank is one word, name or number; copy it. Any white space counts as a space. "
    "No such {unit}? Then: {absent}.",
    "source": "Any white space counts as a space. Reply with its label; if there is none: "
    "{absent}.",
    "terms": "Whole words, capitals aside; hyphens and apostrophes end a word, underscores do not. "
    "Reply with its label; if there is none: {absent}.",
}
"""Short, since what stands before the body moves the depth of all that follows."""


def question(template: Template, ask: Ask, shown: str) -> str:
    """Return the whole question; `shown` is what it quotes, with the double quotes."""
    unit, find = template.more
    words = {"source": f"the words {shown}", "terms": f"all the words {shown}"}
    wording = template.question if ask == "cloze" else find
    rule = RULES[ask].format(unit=unit, absent=ABSENT)
    return f"{wording.format(unit=unit, quote=shown, what=words.get(ask, ''))} {rule}"


def speaks_of(template: Template, ask: Ask, made: Quote) -> bool:
    """Say whether the sample's own words hold what was blanked out."""
    if not made.answer:
        return False
    own = " ".join([template.statement, question(template, ask, made.shown), template.lead])
    return re.search(rf"(?i)(?<!\w){re.escape(made.answer)}(?!\w)", own) is not None


WORDINGS = """\
Passage {label}
  Somebody copied {quote} out of one {unit} and left a word blank. Which word?
  Which {unit} has {what}?
  Reader: | passage
[Extract {label}]
  An {unit} reads {quote} once its gap is filled. What fills it?
  From which {unit} do {what} come?
  The editor: | extract
== {label} ==
  Fill the hole in {quote} from the {unit} that has the sentence.
  Name the one {unit} in which a search turns up {what}.
  Result: | section
Cutting {label}, pasted in
  The scissors slipped: {quote}. Restore what a {unit} had there.
  A lodger looks for {what} among the papers on the wall. Which {unit} is it?
  On the wall: | cutting
Exhibit {label}:
  The clerk reads aloud {quote} and coughs at the blank. Which word does the {unit} have?
  Counsel relies on {what}. By which {unit}?
  For the record: | exhibit
Card {label} of the index
  On some {unit} stands {quote}, one word of it under a blot. Which?
  Pull the {unit} that bears {what}.
  From the drawer: | card
Leaf {label} recto
  A binder finds {quote} with a wormhole in it. What did the {unit} say there?
  On which {unit} would the binder find {what}?
  The binder: | leaf
<< {label} >>
  Complete {quote} as the {unit} it was lifted from completes it.
  Point out the {unit} containing {what}.
  It is: | block
Item {label} on the tray
  {quote}: the typist skipped a word of this {unit}. Supply it.
  The tray holds {what} somewhere. Give the {unit}.
  Typist: | item
Clipping {label} (undated)
  A quotation, {quote}, lost a word on its way from a {unit}. What was lost?
  For {what}, which {unit} should the archivist fetch?
  Archive: | clipping
File {label} begins
  grep found {quote} in a {unit} with one word masked. Unmask it.
  grep is run for {what}. Which {unit} does it print?
  stdout: | file
Fragment {label}.
  Scholars print {quote} with a lacuna. What does the {unit} read in its place?
  Scholars cite {what}. To which {unit} do they refer?
  Apparatus: | fragment
Slip {label}, second tray
  The parrot says {quote} and swallows a word of the {unit}. Which word?
  The parrot repeats {what}. Out of which {unit}?
  Parrot: | slip
Entry {label} //
  What goes into the blank of {quote}, going by the {unit} quoted?
  Look up {what}: under which {unit}?
  Looked up: | entry
Sheet {label} of the bundle
  A moth ate one word of {quote}. Read the {unit} and put it back.
  The moth spared {what} on a single {unit}. On which?
  Mended: | sheet
Source {label} follows
  The footnote gives {quote} with a word withheld. Which word has the {unit}?
  The footnote needs a {unit} for {what}. Which?
  Footnote: | source
Envelope {label}, opened
  Inside lay {quote}, with an erasure. What had the {unit} said?
  Which {unit}, once opened, shows {what}?
  Postmistress: | envelope
Record {label} -->
  One token of {quote} is null. Recover it from the {unit}.
  select the {unit} where all of this holds: it has {what}.
  Returned: | record
Page {label} of the scrapbook
  Grandmother recites {quote} and hums over a word. Which is it on the {unit}?
  Grandmother wants the {unit} with {what} again. Which does she mean?
  Grandmother: | page
Docket {label}, filed
  Counterfoil: {quote}. Write out what the {unit} has where the line is.
  The registrar asks after {what}. Which {unit} answers?
  Registrar: | docket
* {label} *
  Take {quote}; the {unit} had something for the line. What?
  There is a {unit} with {what}. Say which.
  Said: | piece
Text {label} starts here
  A quiz shows {quote}. Which word of the {unit} was covered?
  A quiz asks whence {what} are taken. Which {unit} scores?
  Scored: | text
Scroll {label} unrolled
  The herald cries {quote} but sneezes midway. What does the {unit} have at the sneeze?
  Of all that was unrolled, which {unit} proclaims {what}?
  Herald: | scroll
Panel {label} on display
  Visitors see {quote}, a sticker over one word. What does the {unit} say below it?
  A guide leads visitors to {what}. At which {unit} do they stop?
  The guide: | panel
Dispatch {label} received
  Static hides a word: {quote}. How did the {unit} have it?
  The wire carried {what}. In which {unit}?
  Operator: | dispatch
Note {label}, loose
  My copy says {quote}. Tell me the word that I could not read in the {unit}.
  I remember {what} from some {unit}. Remind me which.
  Reminder: | note
"""
"""Our own: a heading, a question with a blank, one for a label, a lead and what a passage is."""

TEMPLATES = tuple(
    Template(statement=heading, question=cloze, lead=lead, more=(unit, find))
    for heading, cloze, find, lead, unit in fields_of(WORDINGS, lines=4)
)
