"""The words of `lookup`: a register's heading, its records, and five ways to ask for one of them.

Berth ledger of {block}, fair copy, {count} berths:
  {key} .... {value} ~ The ledger has: ~ in the berth ledger of {block}
"""

from schemas.task import Template


def _templates(text: str) -> tuple[Template, ...]:
    """Read wordings of four lines: heading / record, lead, where / by key, n / by value, beside."""
    lines = [line.strip() for line in text.strip().split("\n")]
    found = []
    for heading, record, *asked in zip(*(lines[at::4] for at in range(4)), strict=True):
        statement, lead, where = record.split(" ~ ")
        question, *more = [f"{part} {where}?" for line in asked for part in line.split(" ~ ")]
        words = {"statement": statement, "question": question, "lead": lead}
        found.append(Template(**words, more=(heading, *more)))
    return tuple(found)


TEMPLATES = _templates("""
Berth ledger of {block}, fair copy, {count} berths:
  {key} .... {value} ~ The ledger has: ~ in the berth ledger of {block}
  What is entered against {key} ~ What is entered against berth number {n} from the top
  Against which berth is {value} entered ~ Which berth is on the line just {side} {key}
# stock.csv, depot {block}, columns shelf and content, {count} data rows
  {key},{value} ~ # cell: ~ in the stock file of depot {block}
  Which content does shelf {key} have ~ Which content does data row {n} have
  Which shelf has the content {value} ~ Which shelf is in the row directly {side} shelf {key}
// relay dump, station {block}, {count} objects, one a line
  {{"from": "{key}", "to": "{value}"}} ~ // prints ~ in the relay dump of station {block}
  Which `to` goes with the `from` {key} ~ Which `to` stands in object {n}
  Which `from` goes with the `to` {value} ~ Which `from` is in the object right {side} that of {key}
I copied the guest board of the inn at {block} for you, all {count} lines of it:
  {key}, and chalked beside it {value} ~ On the board: ~ on the guest board of the inn at {block}
  What is chalked beside {key} ~ What is chalked at the end of line {n}
  Beside whom or what is {value} chalked ~ What begins the line immediately {side} that of {key}
Seed drawers on the east wall, glasshouse of {block} ({count} drawers, top to bottom):
  - {key}: {value} ~ Drawer card: ~ in the glasshouse of {block}
  What does the card of drawer {key} say ~ What does the card of drawer number {n} from the top say
  The card of which drawer says {value} ~ Which drawer is listed immediately {side} {key}
| lamp | filed as | (signal office {block}, {count} lamps)
  | {key} | {value} | ~ The table says: ~ in the table of signal office {block}
  As what is lamp {key} filed ~ As what is the lamp filed that comes as number {n}
  Which lamp is filed as {value} ~ Which lamp has the row directly {side} that of lamp {key}
[routes.{block}]  # {count} settings
  {key} = "{value}" ~ setting: ~ in the routes section of {block}
  To what is {key} set ~ To what is setting number {n} set
  Which setting is set to {value} ~ Which setting is on the line just {side} that of {key}
NOTICE. Lost property held at {block}; {count} tickets, oldest first.
  ticket {key}, claim word {value} ~ At the desk: ~ on the lost property notice of {block}
  Which claim word belongs to ticket {key} ~ Which claim word has ticket number {n} from the top
  Which ticket has the claim word {value} ~ Which ticket comes immediately {side} {key}
Night log of relay hut {block}, calls in the order received, {count} calls.
  call from {key}; reply given: {value} ~ From the log: ~ in the night log of relay hut {block}
  Which reply was given to {key} ~ Which reply was given to call number {n}
  To whose call was {value} the reply ~ Whose call was logged immediately {side} that of {key}
Auction at {block}, printed catalogue, {count} lots:
  lot {key} -- bidder's mark {value} ~ Catalogue: ~ in the catalogue of the auction at {block}
  Which bidder's mark has lot {key} ~ Which bidder's mark has lot number {n} in order of printing
  Which lot has the bidder's mark {value} ~ Which lot is printed immediately {side} {key}
-- seed data, table {block}, {count} tuples
  ('{key}', '{value}'), ~ -- returns ~ in the seed data of table {block}
  What comes second in the tuple of {key} ~ What comes second in tuple number {n}
  What comes first in the tuple of {value} ~ What comes first in the tuple just {side} that of {key}
Organ stops as labelled in the chapel of {block}, left jamb downwards, {count} knobs:
  knob {key} draws {value} ~ By the labels: ~ on the organ in the chapel of {block}
  What does knob {key} draw ~ What does knob number {n} from the top draw
  Which knob draws {value} ~ Which knob is labelled immediately {side} {key}
Signals agreed with the agent at {block}, {count} in all, to be burnt after reading:
  {key} means {value} ~ Decoded: ~ among the signals agreed with the agent at {block}
  What does {key} mean ~ What does signal number {n} of the list mean
  Which signal means {value} ~ Which signal is on the line just {side} that of {key}
<!-- index of plates, atlas sheet {block}, {count} plates -->
  <plate id="{key}">{value}</plate> ~ <!-- found --> ~ in the plate index of atlas sheet {block}
  What does the plate with the id {key} contain ~ What does plate number {n} of the list contain
  Which id has the plate that contains {value} ~ Which id is on the line just {side} that of {key}
Pinned to the kitchen door at {block}, in pencil, {count} jars from left to right:
  {key} => {value} ~ In pencil: ~ on the kitchen door at {block}
  What is pencilled for jar {key} ~ What is pencilled for jar number {n} from the left
  For which jar is {value} pencilled ~ Which jar is pencilled immediately {side} {key}
DEBUG flushing cache of node {block}, {count} pairs follow
  put {key} <- {value} ~ DEBUG ~ when the cache of node {block} was flushed
  What was put under {key} ~ What did put number {n} store
  Under which key was {value} put ~ Which key was put immediately {side} {key}
Exhibits laid before the court of {block}, {count} of them, in the order of the hearing:
  exhibit {key}, entered as {value} ~ Court record: ~ in the list of the court of {block}
  As what was exhibit {key} entered ~ As what was exhibit number {n} entered
  Which exhibit was entered as {value} ~ Which exhibit was laid immediately {side} {key}
Playbill cupboard of the theatre at {block}: {count} boxes, lowest shelf first
  box {key} holds {value} ~ It is: ~ in the playbill cupboard of the theatre at {block}
  What does box {key} hold ~ What does the box hold that is listed as number {n}
  Which box holds {value} ~ Which box is listed immediately {side} {key}
Dear brother, the graves at {block} as the sexton walked me past them, {count} stones:
  + {key}, cut below it: {value} ~ The stones say: ~ among the graves at {block}
  What is cut below {key} ~ What is cut below number {n} of the stones
  Below what is {value} cut ~ Which stone did they pass immediately {side} {key}
Wiring of panel {block}, {count} terminals, read downwards
  {key} >> {value} ~ Wired so: ~ on panel {block}
  To what is terminal {key} wired ~ To what is terminal number {n} from the top wired
  Which terminal is wired to {value} ~ Which terminal is listed just {side} terminal {key}
Errata slip for the almanac of {block}, {count} corrections in the order of its pages:
  for {key} read {value} ~ Errata: ~ on the errata slip for the almanac of {block}
  What is to be read for {key} ~ What is to be read by correction number {n}
  For what is {value} to be read ~ What is corrected immediately {side} {key}
""")
"""Our own wordings; after the heading each record has the same shape, its key before its value."""
