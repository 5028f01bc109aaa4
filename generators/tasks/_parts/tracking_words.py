"""The words of `tracking`: how a holder is set, how one is copied to another, what is asked.

Tank log: {key} was brought to {value} litres.
Tank log: {key} was brought to the level of {other}<, {plus} {amount} litres>.
To how many litres has {keys} been brought, according to the tank log? | Litres:
"""

from generators.tasks._parts.wordings import fields_of
from schemas.task import Template

_WORDINGS = """\
Tank log: {key} was brought to {value} litres.
Tank log: {key} was brought to the level of {other}<, {plus} {amount} litres>.
To how many litres has {keys} been brought, according to the tank log? | Litres:
In the ledger the account {key} is put at {value} crowns.
In the ledger the account {key} is put at the sum of account {other}< {plus} {amount} crowns>.
At how many crowns does the account {keys} stand in the ledger? | Crowns:
cells["{key}"] = {value}
cells["{key}"] = cells["{other}"]< {sign} {amount}>
Which number is left in the cell {keys}? | Left in it:
; constant {value} goes into slot {key}
; read slot {other},< {plus} {amount},> write it into slot {key}
Which number does slot {keys} contain when the listing has run? | Contains:
P.S. The jar {key}, my dear, now has {value} beads in it.
P.S. The jar {key}, my dear, now has as many beads in it as the jar {other}<, {plus} {amount}>.
How many beads are in the jar {keys} of which the letters speak? | Beads:
set '{key}' to {value};
copy '{other}'< {plus} {amount}> into '{key}';
Which number does {keys} hold after the script? | Holds:
Station report: gauge {key} reset to {value}.
Station report: gauge {key} reset to< {amount} {above}> the count of gauge {other}.
What does gauge {keys} read, by the station reports? | Reads:
The clerk chalks {value} onto the board of lot {key}.
The clerk chalks the figure of lot {other}<, {plus} {amount},> onto the board of lot {key}.
Which figure stands on the auctioneer's board of lot {keys}? | On the board:
Harbour notice: the dues of quay {key} are fixed at {value} pence.
Harbour notice: the dues of quay {key} are fixed at those of quay {other}< {plus} {amount} pence>.
How many pence are the dues of quay {keys}? | Pence:
Bench notes: dialled {value} into counter {key} by hand.
Bench notes: took the reading of counter {other}< {plus} {amount}>, dialled it into counter {key}.
To what is counter {keys} dialled in the bench notes? | Dialled to:
The postmistress renumbers the card {key} to {value}.
The postmistress renumbers the card {key} to< {amount} {more} than> what the card {other} bears.
Which number does the card {keys} bear at the post office? | Number:
ok, putting {value} into {key}
ok, putting what {other} has< {plus} {amount}> into {key}
Which number does {keys} have, going by the chat? | It has:
Signal box: dial {key} turned to {value}.
Signal box: dial {key} turned to< {amount} {above}> where dial {other} stands.
Where does dial {keys} stand in the signal box? | Stands at:
The steward revalued the chest {key} at {value} florins.
The steward revalued the chest {key} like the chest {other}<, {plus} {amount} florins>.
How many florins is the chest {keys} worth by the steward's word? | Florins:
By decree the house {key} shall keep {value} vines.
By decree the house {key} shall keep as many vines as the house {other}<, {plus} {amount}>.
How many vines shall the house {keys} keep? | Vines:
Slate: {value} is written into the column of press {key}.
Slate: the tally of press {other}< {plus} {amount}> is written into the column of press {key}.
Which tally has press {keys} on the slate? | Tally:
Audit trail: field {key} overwritten with {value}
Audit trail: field {key} overwritten with the content of field {other}< {plus} {amount}>
What is in field {keys}, by the audit trail? | Content:
Telegram: set {key} at {value} stop
Telegram: set {key} same as {other}< {plus} {amount}> stop
At which figure is {keys} set by telegram? | Set at:
Diary: put a score of {value} into the line of {key}.
Diary: took the score of {other}< {plus} {amount}> and put it into the line of {key}.
Which score stands in the line of {keys} in the diary? | Score:
The bishop's clerk rates the parish {key} at {value} candles.
The bishop's clerk rates the parish {key} at the figure of parish {other}< {plus} {amount}>.
At how many candles is the parish {keys} rated? | Candles:
// seed {key} with {value}
// mirror {other}< {sign} {amount}> into {key}
What does {keys} hold once these comments are carried out? | It holds:
Waybill: wagon {key} is entered with {value} pounds.
Waybill: wagon {key} is entered with the weight of wagon {other}< {plus} {amount} pounds>.
How many pounds does the waybill give wagon {keys}? | Pounds:
"""
"""Our own, three lines each: how a holder is set; how one is copied to another (with what stands in
< > if the copy shifts); question | lead. `into` or `onto` follows a giver who is named first."""

TEMPLATES = tuple(
    Template(statement=setting, more=(copying,), question=question, lead=lead)
    for setting, copying, question, lead in fields_of(_WORDINGS, lines=3)
)
