"""The words of `tally`: a record, which records are meant, what they count, how an answer begins.

    Sold at {place}: {amount} lots catalogued as {goods}, the hammer falling to {person}.
        Collect the reports of sales[ in which one reads {names}]. | lots | From the sales:

What stands in [ ] goes where the question names nothing.
"""

from schemas.task import Template

_WORDINGS = """
Ferry log: {person} carried {amount} crates marked {goods} across to {place}.
    Take the entries of the ferry log[ that name {names}]. | crates | Out of the log:
By the evening post: {person} writes from {place} that {amount} boxes labelled {goods} came dry.
    Think of the letters that came by the evening post[ and mention {names}]. | boxes | Post says:
NOTICE. {person} may collect {amount} sacks stamped {goods} at {place}; bring a cart.
    Go round the notices about a cart[ and keep those with {names} on them]. | sacks | Notices:
# restock: {person} moved {amount} bins tagged {goods} over to {place}
    Search the restock comments[ for those that contain {names}]. | bins | # restock result:
Sold at {place}: {amount} lots catalogued as {goods}, the hammer falling to {person}.
    Collect the reports of sales[ in which one reads {names}]. | lots | From the sales:
Props call: {person} wants {amount} pieces from the {goods} set brought on at {place}.
    The stage manager goes through all props calls[ that involve {names}]. | pieces | Props:
Loan slip, from {place}: cases inscribed {goods}, {amount} of them, signed for by {person}.
    Lay out the loan slips[ that bear {names}] side by side. | cases | The slips give:
Radio room, {place} calling: {person} has {amount} drums of brand {goods} aboard, over.
    Recall the calls to the radio room[ that tell of {names}]. | drums | Heard in all:
Constable's book: {person} of {place} reports {amount} bales stolen, all with the mark {goods}.
    Read up the reports in the constable's book[ that concern {names}]. | bales | By the book:
stock row | keeper={person} | site={place} | goods={goods} | qty={amount}
    Select the stock rows[ whose fields include {names}]. | units of qty | rows:
In her copybook: uncle {person} came home from {place} with {amount} parcels of {goods} make.
    Turn to the homecomings in her copybook[ that have to do with {names}]. | parcels | Copybook:
'Put down {amount} casks, sort {goods},' said {person} to the clerk of {place}.
    Listen to the orders spoken to a clerk[ where {names} can be heard]. | casks | Put down:
Telegram for agent {person} at {place} stop forward {amount} trunks pattern {goods} stop
    Sort out the telegrams for agents[ that cite {names}]. | trunks | Telegrams:
Depot diary, snow again, yet {person} got {amount} loads of {goods} stock through to {place}.
    Follow the snow days of the depot diary[ that bring up {names}]. | loads | The diary has:
Market toll at {place} gate: paid by {person} on {amount} baskets, wares {goods}.
    Check the market tolls[ that were noted with {names}]. | baskets | Toll keeper:
Item, brother {person} has received {amount} chests of the work {goods} for our house at {place}.
    Consider the items received by the brothers[ that refer to {names}]. | chests | By the roll:
[storebot] {person} checked out {amount} packs of {goods} @ {place}
    Filter the storebot messages[, keeping those that match {names}]. | packs | storebot:
Waybill: consignee {person}, to the station of {place}, {amount} wagons, load {goods}.
    Gather the waybills[ on which {names} is entered]. | wagons | Waybills:
Quartermaster's return: to {person}, camp of {place}, issued {amount} kits, model {goods}.
    Go over the quartermaster's returns[ that touch on {names}]. | kits | All returns:
The estate: the loft in {place} holds {amount} shelves of {goods} ware that {person} bought.
    Examine the lines about the estate[ that speak of {names}]. | shelves | The estate:
"""
"""Two lines each: a record; then which records are meant, what they count, how an answer begins."""
_LINES = [line.strip() for line in _WORDINGS.strip().splitlines()]
TEMPLATES = tuple(
    Template(statement=statement, question=question, lead=lead, more=(unit,))
    for statement, asked in zip(_LINES[::2], _LINES[1::2], strict=True)
    for question, unit, lead in [asked.split(" | ")]
)
