"""The wordings of `fim`: markers and headings of a gap, and the question for what is missing."""

from generators.tasks._parts.wordings import fields_of
from schemas.task import Template

RULE = " White space parts words; line breaks and indents between them are to stay."
"""Behind every question."""
WORDINGS = """\
[one passage is left out here] | Behind the gap: | Ahead of the gap: | The missing passage:
  A passage of {count} words is missing {where}. Write it as it was, word for word.
<<< leaf torn out >>> | Leaves after the torn one: | Leaves before the torn one: | On the leaf:
  Somebody tore out {count} words {where}. Set them down again, each exactly as it stood.
# -- lines removed -- | # -- what followed them -- | # -- what led to them -- | Removed lines:
  What stood {where}? Give all {count} words, counted by white space, and keep its line breaks.
{ink spilled here} | Readable below the stain: | Readable above the stain: | Under the ink:
  Ink hides {count} words {where}. Read them for us, to the letter.
[HOLE IN THE PARCHMENT] | Lower parchment: | Upper parchment: | The scribe wrote:
  A mouse ate {count} words {where}. As a restorer, supply precisely the words of the scribe.
/* deleted block */ | /* below the deletion */ | /* above the deletion */ | Undeleted:
  Undo a deletion {where}: put back its {count} words with nothing changed, punctuation included.
~~ tape hiss ~~ | After the hiss: | Until the hiss: | Without the hiss:
  The tape lost {count} words {where}. Transcribe what was said or written, verbatim.
***redacted*** | Passed by the censor, part two: | Passed by the censor, part one: | Struck out:
  The censor struck {count} words {where}. Print the original wording, unabridged and unimproved.
[scan failed on this strip] | Scanned under the strip: | Scanned over the strip: | Filled in:
  A scanner skipped {count} words {where}. Fill them in so that the document is whole once more.
=== line broken === | Received once it was back: | Received while it held: | Sent again:
  We lost {count} words of the transmission {where}. Send precisely those again, in their order.
((paper burnt through)) | Unburnt, farther on: | Unburnt, farther up: | Burnt wording:
  Fire took {count} words {where}. Reconstruct the burnt wording in full; near enough will not do.
[quotation withheld] | Past the quotation: | Preceding the quotation: | Withheld:
  Quote the {count} words withheld {where}; every capital and comma is to agree with the source.
>>> lost chunk <<< | Downstream of the chunk: | Upstream of the chunk: | Lost chunk:
  One chunk got lost {where}. It has {count} words; output that chunk alone, unmodified.
[the copyist fell asleep] | Copied after his nap: | Copied before his nap: | His exemplar has:
  A drowsy copyist dropped {count} words {where}. Insert what his exemplar has, sign by sign.
-- snip, snip -- | Right of the scissors: | Left of the scissors: | Glued back:
  Scissors removed {count} words {where}. Glue the same words back, with line ends where they were.
{{ fragment to be recovered }} | Later fragment: | Earlier fragment: | Recovered:
  Recover the fragment {where}, the {count} words of it, byte for byte.
[card mislaid] | Filed behind the mislaid card: | Filed in front of the mislaid card: | It said:
  A card with {count} words was mislaid {where}. What exactly did it say?
// TODO: bring this back // | // after the erasure // | // before the erasure // | Erased:
  Bring back {count} erased words {where}, so that a comparison with the old version finds nothing.
[the reader skipped a bit] | Read aloud after the skip: | Read aloud up to the skip: | Skipped:
  The reader jumped over {count} words {where}. Say word for word what nobody got to hear.
___ blank ___ | Set in type following the blank: | Set in type preceding the blank: | Composed:
  The printer left out {count} words {where}. Compose that very passage, not shorter or longer.
[water damage] | Dry again from here: | Dry as far as this: | Washed away:
  Water washed away {count} words {where}. Write out the author's own, not a paraphrase.
<< sealed portion >> | Open, following the seal: | Open, in front of the seal: | Unsealed:
  Unseal the {count} words {where}: state them in full and in order, just as they are.
[missing from the minutes] | Minutes, resumed: | Minutes, as begun: | Entered:
  The minutes lack {count} words {where}. Enter them unaltered, lines as they ran.
%% span dropped %% | %% context past the span %% | %% context up to the span %% | Span:
  Which span of {count} words was dropped {where}? Reproduce it with its own spelling and breaks.
"""
"""Our own: a marker, two headings and the answer's lead, then a question for what is missing."""

TEMPLATES = tuple(
    Template(statement=gap, question=question, lead=lead, more=(after, before))
    for gap, after, before, lead, question in fields_of(WORDINGS, lines=2)
)
