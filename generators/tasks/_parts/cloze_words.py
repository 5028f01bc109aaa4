"""The words of `cloze`: a statement in which a value follows close behind its key, and a question.

    The porter read from his list {key} -> {value}, then turned the page.
    What did the porter read from his list about {keys}?

Between key and value stand two short words or signs at most, and a space before either, so that
both begin with the same token wherever the line is said again. How the answer begins is the
statement itself, as far as its value. All read well with one key and with several.
"""

from generators.tasks._parts.wordings import fields_of
from schemas.task import Template

WORDINGS = """\
Cellar book, third shelf: {key} = {value}, not yet opened.
What does the third shelf of the cellar book have for {keys}?
"About {key}: {value}, and no more of it," said the clerk.
What did the clerk have to say about {keys}?
# keep this pair: {key} -> {value} (checked twice)
With what is {keys} paired in the comments that ask to be kept?
My dear Anne, {key} is {value} now, as I was told on Monday.
What had the friend who writes to Anne been told of {keys}?
Ledger of the north yard, {key}: {value}, paid.
What was paid for {keys} by the ledger of the north yard?
// table of aliases: {key} => {value}, frozen
To what does the frozen table of aliases lead from {keys}?
The old nurse used to say that {key} was {value} in better days.
In better days, by the word of the old nurse, what was {keys}?
Ship's log, fair wind: {key} at {value} before noon.
Where does the ship's log have {keys} before noon, with a fair wind?
In the margin somebody had put {key}; mark {value}; and a small cross.
Which mark and small cross did somebody put in the margin for {keys}?
Minutes of the meeting: {key} as {value}, carried by all.
As what was {keys} carried in the minutes of the meeting?
He counted on his fingers that {key} has {value} and that it would do.
On his fingers, what did he count for {keys}?
Postscript. I looked again, and {key} reads {value} on the back of it.
In the postscript, what did the second look find on the back of {keys}?
Inventory of the attic: {key}, now {value}, behind the beams.
What is {keys} now, in the inventory of the attic?
"Tell them that {key} means {value} to us," whispered the girl.
What did the girl whisper that {keys} means to them?
/* row of the mapping */ {key} = {value};
What do the rows of the mapping assign to {keys}?
School register, morning: {key} gets {value} until Easter.
Until Easter, what does the school register let {keys} have?
The baker's slate still had {key}: {value}, and under it a sum.
What was still on the baker's slate for {keys}, with a sum under it?
Among the papers of my aunt {key} equals {value}, strange as it seems.
Strange as it seems, what does {keys} equal among the aunt's papers?
Notice at the gate: {key} to {value} from this week on.
To what does the notice at the gate send {keys} from this week on?
It was well known in the village that {key} holds {value} and will not part with it.
What was the village sure that {keys} holds and will not part with?
Field notes, day nine: {key}, see {value}, light rain.
In the light rain of day nine, what do the field notes say to see for {keys}?
-- setting of the mill: {key} = {value} -- do not change
Which setting of the mill must not change for {keys}?
"If anyone asks, {key} was {value} when we left," he told the driver.
What was the driver told about {keys}, in case anyone should ask?
Index of the third volume: {key} under {value}, with a plate.
Under what does the index of the third volume list {keys}?
Dear sir, we beg to confirm {key} at {value} and remain yours.
At what did the firm that remains yours beg to confirm {keys}?
Bench diary, cold morning: {key} with {value}, steady.
With what was {keys} steady by the bench diary of that cold morning?
The porter read from his list {key} -> {value}, then turned the page.
What did the porter read from his list about {keys}?
Her recipe cards go like this: {key} is {value}, stir and wait.
How do her recipe cards go for {keys}, before one has to stir and wait?
TODO before the release: {key} becomes {value}, ask Tom.
What has to become of {keys} before the release, if Tom agrees?
Court roll, second sitting: {key} by {value}, sworn.
By what was {keys} sworn at the second sitting of the court roll?
No one remembered later why {key} says {value} on the sign.
What is on the sign for {keys}, though no one remembered why?
Rehearsal sheet: {key} for {value}, lights low.
For what does the rehearsal sheet put down {keys} with the lights low?
Telegram from the coast: {key} now {value} stop all well.
What does the telegram from the coast make of {keys}?
On the lid of the box one could make out {key}, {value}, and some letters worn away.
Before the letters worn away, what could one make out on the lid beside {keys}?
The gardener's stick by the wall says {key}: {value}, sown late.
What does the gardener's stick say was sown late for {keys}?
Draft of the treaty, article six: {key} as {value}, in both tongues.
In both tongues, as what does article six of the treaty draft have {keys}?
assert that {key} == {value}  # from the spring audit
To what is {keys} held equal since the spring audit?
Grandfather would have it that {key} is {value} and nobody dared to laugh.
What would grandfather have {keys} be, while nobody dared to laugh?
Tide table, left column: {key} at {value}, rising.
At what does the left column of the tide table have {keys} rising?
Choir book, after the psalm: {key} = {value}, twice.
What comes twice in the choir book, after the psalm, for {keys}?
I put it on my cuff, {key} was {value}, so as not to lose it.
What was put on a cuff about {keys} so that it should not be lost?
Lost property, window two: {key}; tag {value}; no claim.
Which tag has {keys} at window two of the lost property?
Chalked on the barn door: {key} has {value}, come by night.
What has {keys} by the chalk on the barn door?
One line in the will runs: {key} to {value}, free of all debt.
To what does the will leave {keys} free of all debt?
"Write down {key} as {value}," the judge went on, "and leave it so."
As what did the judge want {keys} written down and left so?
Exercise eleven, answers: {key} = {value}, easy.
What is the easy answer of exercise eleven for {keys}?
The watchman called out {key}: {value}, and the gates were shut.
What did the watchman call out for {keys} before the gates were shut?
Star chart, folded corner: {key} near {value}, faint.
Near what is {keys} faint, in the folded corner of the star chart?
"""
"""Our own, in many genres; each says something that any kind of value can complete."""

REQUESTS = (
    (
        "Say its line again as far as the value.",
        "Say their lines again in this order, the last as far as its value.",
    ),
    (
        "Copy the line word for word and stop after the value.",
        "Copy the lines word for word, in the order named here, and stop after the last value.",
    ),
    (
        "Repeat what the text has, and end with the value.",
        "Repeat what the text has, a line for each, the first named first; end with a value.",
    ),
    (
        "Quote the line up to and with its value.",
        "Quote a line for each, one below the other as they are named, the last up to its value.",
    ),
    (
        "The line itself is wanted, without what follows the value.",
        "The lines themselves are wanted, in turn as asked, without what follows the last value.",
    ),
    (
        "Write that line once more until the value is there.",
        "Write those lines once more, keeping to this order, until the last value is there.",
    ),
)
"""What to do with the line of one key, and with the lines of several."""

TEMPLATES = tuple(
    Template(
        statement=statement,
        question=question,
        lead=statement.partition(" {value}")[0],
    )
    for statement, question in fields_of(WORDINGS, lines=2)
)
