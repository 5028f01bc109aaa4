"""The words of `needle`: a statement about a key, a question for its value, how an answer begins.

    Lot {key} went to the bidder who had registered as {value}.
    As what had the bidder registered who took lot {keys}? | Registered as:

Many are in the register of a story, long and of plain words: that stands out of a novel less than a
note does, since names that nobody has met are then a smaller part of the line.
"""

from generators.tasks._parts.wordings import fields_of
from schemas.task import Template

WORDINGS = """\
P.S. You asked me about {key}; my note from that evening says {value}.
According to the letter writer's note from that evening, what belongs to {keys}? | The note says:
# reviewed: {key} is bound to {value} until the next migration
According to the review comment, to what is {keys} bound until the next migration? | Bound to:
The catalogue card for exhibit {key} carries one pencilled remark, {value}.
Which pencilled remark does the catalogue card of exhibit {keys} carry? | Pencilled remark:
At the reading desk, whoever asks for volume {key} is sent to {value} instead.
To what is a reader sent who asks at the desk for volume {keys}? | Sent to:
Weather post {key} signed off for the winter with the single entry {value}.
With which entry did weather post {keys} sign off for the winter? | Entry:
The witness, asked what stood on file {key}, answered without a pause: {value}.
What did the witness say stood on file {keys}? | The witness said:
Seed drawer {key} now holds the packet marked {value}; the earlier one was mouldy.
How is the packet marked that seed drawer {keys} now holds? | Marked:
In the conductor's copy somebody has tied passage {key} to the entry {value}.
To what is passage {keys} tied in the conductor's copy? | Tied to:
Props table, before the second act: for {key} fetch the tray with {value} on it.
What is on the tray that the props table wants fetched for {keys}? | On the tray:
Plate {key}, exposed before dawn, is filed in the dome under {value}.
Under what is plate {keys} filed in the dome? | Filed under:
// when the caller passes {key}, the lookup must come back with {value}
With what must the lookup come back when the caller passes {keys}? | Comes back with:
"And for {key}?" she asked; he looked it up and read out {value}.
What did he read out when she asked about {keys}? | He read out:
Lot {key} went to the bidder who had registered as {value}.
As what had the bidder registered who took lot {keys}? | Registered as:
My grandmother kept a list, and next to {key} it has just {value}.
What does the grandmother's list have next to {keys}? | Her list has:
Release note: option {key} falls back to {value} when it is left out.
To what does option {keys} fall back when it is left out? | Falls back to:
On the surveyor's sketch, point {key} is joined by a dotted line to {value}.
To what does a dotted line join point {keys} on the surveyor's sketch? | Joined to:
When the talk came round to {key}, the old man only shook his head and said that it would always \
be {value} to him.
What did the old man say that {keys} would always be to him? | Always to him:
She had been told as a child that whoever looked for {key} would find {value} in the end, and she \
had never thought to doubt it.
What would one find in the end, as she was told as a child, on looking for {keys}? | In the end:
There was a piece of paper under the door in the morning, and on it somebody had put {value} for \
{key}, and not another word.
What had somebody put for {keys} on the paper under the door? | Under the door:
He could not remember much of what his father had left, but he was quite sure that next to {key} \
there had been {value} in the same hand.
What was he sure he had seen next to {keys} among the things his father left? | In the same hand:
It was the habit of the house that any question about {key} was answered with {value} and that \
nothing further was asked.
How was a question about {keys} answered by the habit of the house? | Answered with:
The two of them had agreed before they parted that {value} should stand for {key} in their \
letters, so that no one else might understand.
What did the two who parted agree to write in their letters for {keys}? | In the letters:
Nobody at the table would believe it, but when they opened the book at {key} they found that it \
had been changed to {value} after all.
To what had {keys} been changed, as they found at the table? | Changed to:
As for {key}, my sister made me promise that I would think of {value} every time I heard it, and \
I have kept my word.
Of what must the brother think, by his promise, on hearing {keys}? | By his promise:
They went on in silence until the boy asked what became of {key}, and was told that it had been \
down as {value} ever since the war.
As what has {keys} been down since the war, going by what the boy was told? | Down as:
All that the stranger would tell them of {key} was that he had once been given {value} in return \
for it, and that he was sorry now.
What had the stranger been given in return for {keys}? | In return:
The doctor took his hat and said on the stairs that if anything were to happen with {key} they \
had better send for {value} at once.
For whom or what should they send, on the doctor's advice, in the case of {keys}? | Send for:
I never saw {key} again, but in my dreams it came back to me many times, and each time there was \
{value} written over the door.
What is written over the door in the dreams about {keys}? | Over the door:
Her mother looked up from the fire and remarked that in her day people who wanted {key} had to \
ask for {value} and wait a week.
In her mother's day, for what did one have to ask in order to get {keys}? | One asked for:
It turned out that the whole trouble had begun with {key}, which the lawyer had by some mistake \
put down as {value} in the will.
As what does the will give {keys}, by the lawyer's mistake? | The will has:
"""
"""Our own, in many genres; each says something that any kind of value can complete."""

TEMPLATES = tuple(
    Template(statement=statement, question=question, lead=lead)
    for statement, question, lead in fields_of(WORDINGS, lines=2)
)
