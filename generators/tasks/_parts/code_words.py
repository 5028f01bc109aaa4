"""Wordings of `code`: how a use is quoted and asked about, and how a name alone is asked about."""

from generators.tasks._parts.wordings import fields_of
from schemas.task import Template

WORDINGS = """\
File `{path}` has `{line}` in it.
  Turn back to where that name comes from and report {what}.
  Report {what}, wherever in the text it is settled.
  Reported:
Somewhere in `{path}` we meet `{line}`.
  From the sources printed here, find {what}.
  Find {what} in the sources printed here.
  Found:
On one line of `{path}` stands `{line}`.
  Look up {what} at the place of definition.
  Look up {what} where it is defined.
  Looked up:
A reviewer stops in `{path}` at `{line}`.
  He asks for {what}. Tell him.
  A reviewer asks for {what}. Tell him.
  Tell him:
Open point in `{path}`, at `{line}`:
  TODO before merging: note down {what}.
  TODO before merging: note down {what}.
  Note:
Reading `{path}`, a new colleague comes upon `{line}`.
  She cannot go on without knowing {what}. Help her.
  A new colleague has to know {what}. Help her out.
  It is this:
The debugger halted in `{path}`, its cursor on `{line}`.
  Step into the definition and print {what}.
  Set a breakpoint on the definition in your mind and print {what}.
  Printed:
`{path}` contains the statement `{line}`.
  Give {what}, as these sources define it.
  Give {what}, going by the code as printed.
  Given:
Take the caller `{line}`, which lives in `{path}`.
  Trace it: the repository settles {what}. State that.
  The repository settles {what}. State that.
  Settled:
Suppose `{path}` were open in your editor at `{line}`.
  With "go to definition" you would see {what}. Write it out.
  Suppose you could jump to its definition: you would see {what}. Write that.
  You would see:
An audit quotes `{line}` out of `{path}`.
  For the audit's table, enter {what}.
  For the table of an audit, enter {what}.
  Entry:
In the traceback one frame is `{path}`, and its code reads `{line}`.
  To explain the crash we must know {what}. Which is it?
  To explain a crash we must know {what}. Which is it?
  We know now:
Search hit: `{path}`, with `{line}`.
  Follow the hit to its source, then answer with {what}.
  Search the files of this listing, then answer with {what}.
  Source says:
We are porting `{path}`, and `{line}` has to be rewritten.
  The port depends on {what}. What does the original have?
  A port depends on {what}. What does the original have?
  Original:
During a code reading somebody points at `{line}` in `{path}`.
  The group would like to hear {what}. Read it to them.
  At a code reading the group would like to hear {what}. Read it out.
  They hear:
Line of interest: `{line}`, file `{path}`.
  Wanted: {what}.
  Wanted from the listing: {what}.
  Wanted:
A linter complained about `{line}` when it checked `{path}`.
  Its rule compares this against {what}. Supply the latter.
  A rule of our linter compares something against {what}. Supply the latter.
  Supplied:
Our handbook cites `{path}` for the example `{line}`.
  The footnote under that example should give {what}. Complete the footnote.
  A footnote of the handbook should give {what}. Complete it.
  Footnote:
You are asked to stub out what `{line}` relies upon in `{path}`.
  Your stub has to agree with the real code on {what}. Recall it.
  You write a stub that has to agree with the real code on {what}. Recall it.
  Real code:
Between other things, `{path}` does this: `{line}`.
  Say {what}; the definition is elsewhere among the files above or below.
  Say {what}; one of the files has the definition.
  Elsewhere:
Exam sheet. Given is `{line}` from the listing named `{path}`.
  Name {what}, going only by the listings.
  Exam sheet, short answer: name {what}, as listed.
  Candidate's reply:
The commit touches `{path}` near `{line}`.
  Its author claims to remember {what}. Check the claim and put the true one here.
  An author claims to remember {what}. Check the claim and put down the true one.
  True:
Grep shows `{line}`; that was `{path}`.
  Now the other half of the work: dig out {what}.
  Here is all that you have to dig out: {what}.
  Dug out:
For documentation of `{path}` the phrase `{line}` was picked as a sample.
  Readers will want {what} beside the sample, so provide it.
  The documentation wants {what} too, so provide it.
  Beside it:
Ticket: "what does `{line}` mean in `{path}`?"
  Close the ticket with {what}.
  Ticket: somebody asks for {what}. Close the ticket.
  Closed with:
Imagine tracing by finger from `{line}` on the pages of `{path}`.
  Your finger ends on a definition that reveals {what}. Copy this down.
  Trace by finger to a definition that reveals {what}. Copy this.
  The finger shows:
A test fails; the suspicious part is `{line}`, and `{path}` is the file.
  Confirm {what} before anybody edits a thing.
  Before anybody edits a thing, confirm {what}.
  Confirmed:
Two interns argue over `{line}` as found in `{path}`.
  They bet on {what}. Who reads the definition wins; so what does it give?
  Two interns bet on {what}. Who looks wins; so what is it?
  It gives:
"""
"""Our own: how a use is quoted, the question behind it, the question without it, and what stands
before the answer."""

TEMPLATES = tuple(
    Template(statement=statement, question=question, lead=lead, more=(alone,))
    for statement, question, alone, lead in fields_of(WORDINGS, lines=4)
)
"""`more` has the question that is asked of a name alone."""
