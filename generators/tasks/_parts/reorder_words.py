"""The wordings of `reorder`: how quotes and pieces are introduced, and what is asked of them."""

from generators.tasks._parts.wordings import fields_of
from schemas.task import Template

RULES = {
    "quotes": "Each of them stands in the text once, if white space of any kind counts as a space. "
    "The order asked about is that of their places in the text.",
    "pieces": 'A line such as "{line}" stands over each and gives its label. Each but the one that '
    "opens the whole text begins by repeating the last {words} words of the one before it there, "
    "words being what white space parts. The order asked about is that of the whole text.",
    "order": "Write all labels, the earliest first, with commas between.",
    "next": "Write one label.",
    "previous": "Write one label.",
}
WORDINGS = """\
Sheet | Sheets: | Somebody copied {count} scraps out of this text and dropped them on the floor.
  The pages of this text came back from the binder as {count} loose sheets, badly mixed.
  Put the labels into the order that the text has.
  Going by the text, whose label comes directly {side} "{label}"?
Reel | In sequence: | An actor knows {count} lines of this text by heart, but not when each is due.
  A projectionist holds {count} reels of this text and has threaded them anyhow.
  In which sequence do the labels run as the text was written?
  Which label has its turn directly {side} "{label}" in what was written?
Folder | The clerk notes: | An index clerk was handed {count} extracts of the text.
  The clerk received this text split over {count} folders, which fell off the trolley.
  Restore the labels to their proper succession.
  In the proper succession, which label is directly {side} "{label}"?
Strip | Woven: | For a collage {count} phrases were snipped from a duplicate of this text.
  A text was slit into {count} strips and then glued down in a different arrangement.
  Which arrangement of the labels follows the original from start to finish?
  Following the original, which label would lie directly {side} "{label}"?
Crate | Unpacked: | The mover's list has {count} wordings found in the text and nothing on where.
  This text travelled in {count} crates and nobody watched how they were unloaded.
  Name the labels as the text, read from its start, reaches them.
  Reading from the start, which label is reached directly {side} "{label}"?
Slide | Run them as: | A lecturer wants to show {count} citations of the text as they occur.
  The lecture of this text lies in {count} slides, tipped out of the tray and put back blindly.
  Sort all labels so that the lecture can be given again.
  In a lecture well sorted, what label goes directly {side} "{label}"?
Leaf | Leaves: | Pressed between covers are {count} sayings that a reader took from the text.
  Wind took the {count} leaves of this text and a boy brought them back as he found them.
  Lay the labels out again from the opening to the close.
  Laid out again, which label falls directly {side} "{label}"?
Track | Playlist: | Out of a reading of the text {count} samples were recorded for a trailer.
  The reading of this text fills {count} tracks, played here on shuffle.
  What playlist of labels would play them straight through?
  On a straight playlist, which label plays directly {side} "{label}"?
Bundle | Tied again: | Counsel quotes {count} phrases from this text to a court.
  The papers of the case were served as {count} bundles without any regard to their run.
  State the run of the labels for the court.
  Counsel asks for the label directly {side} "{label}" in the true run.
Plank | Nailed down: | Burnt into a fence are {count} pieces of wording, all from one text.
  To print the text on a fence took {count} planks, and they were put up by a joker.
  How should the labels succeed one another?
  How it should be: which label sits directly {side} "{label}"?
Frame | Storyboard: | The storyboard wants a picture for each of {count} moments in the text.
  A storyboard of {count} frames holds this text, and the pins came out overnight.
  Pin the labels up again as the story is told.
  As it is told, which label must hang directly {side} "{label}"?
Packet | Reassembled: | A filter logged {count} fragments of this text and lost their offsets.
  The transfer delivered this text in {count} packets that overtook one another.
  Sort the labels by offset in the transmitted text.
  By offset, which label is found directly {side} "{label}"?
Tile | Mosaic: | On the studio wall are {count} inscriptions, each borrowed from the text.
  The mosaic of this text was lifted in {count} tiles and relaid by apprentices.
  From first to last, how ought the labels be relaid?
  Properly relaid, which label touches directly {side} "{label}"?
Wagon | Coupled: | Chalked on a shed wall are {count} remarks that one meets along this text.
  This text rolled in as a train of {count} wagons that the yard had coupled at random.
  Couple the labels as they left the author's yard.
  As they left it, which label was coupled directly {side} "{label}"?
Card | Card by card: | A student has {count} flash cards, one passage of the text on every one.
  The text was dealt as {count} cards after a thorough shuffling.
  Undo the shuffling and tell the labels one by one.
  With the shuffling undone, which label is dealt directly {side} "{label}"?
Scroll | On the shelf: | The librarian jotted down {count} phrases, to test who reads closely.
  On the shelf are {count} scrolls of a single text, replaced by a careless visitor.
  For the librarian, name the labels as a close reader meets them.
  To a close reader, which label shows up directly {side} "{label}"?
Chunk | sorted: | # input: {count} substrings of the text, unsorted
  # input: one text in {count} chunks, unsorted
  # output: the labels, sorted by where they begin in the original text
  # output: of the sorted labels, the one directly {side} "{label}"
Notepaper | I arranged: | My aunt underlined {count} places in this text and sent me the words.
  My aunt wrote this text on {count} sheets of letter paper, and I opened the envelope too fast.
  Tell her the labels as her pen came by them.
  As her pen went, which label was it directly {side} "{label}"?
Coil | Unrolled: | The telegraph office kept {count} snatches of what came over the wire.
  What came over the wire was stored on {count} coils of tape, then hung on the nearest hook.
  How do the labels follow each other on the wire?
  On the wire, which label went out directly {side} "{label}"?
Slab | The mason's list: | Tourists dispute which of {count} bits of this text is the earlier one.
  A mason numbered or lettered {count} slabs of the text only once they had been jumbled.
  Settle it: list every label by its place.
  Settle this: in the text's course, which label is directly {side} "{label}"?
Basket | Harvest: | Gathered from the text by a gleaner: {count} short ears of it.
  The text was carried home in {count} baskets, and they stand where there was space.
  In what order did the labels grow in the field?
  In the field, what label grew directly {side} "{label}"?
Roll | Spliced: | The editor's desk has {count} captions, all spoken in this text.
  On the editor's desk are {count} rolls that together give this text, in no order at all.
  Splice the labels for the final version.
  In the final version, which label is spliced directly {side} "{label}"?
Stall | Along the street: | A walker through this text picked up {count} remarks.
  Along the street are {count} stalls, each selling one portion of a text out of turn.
  Walk through the text once and call the labels as you pass them.
  On that walk, which label is passed directly {side} "{label}"?
Plate | For the press: | Proof copies exist of {count} phrases in the text, without page numbers.
  The printer cast this text in {count} plates, then inked them as they came to hand.
  Give the press the labels as readers will see them.
  As readers will see it, which label is printed directly {side} "{label}"?
"""
"""Our own: a piece's noun and the lead, quotes, pieces, the whole order, one step of it."""

TEMPLATES = tuple(
    Template(statement=noun, lead=lead, question=quotes, more=tuple(more))
    for noun, lead, quotes, *more in fields_of(WORDINGS, lines=4)
)
