"""The words of preferences: what can be wished, and the wordings, four lines a template.

the first wish | its receipt
  a later wish
  a proposal, as a question | how it is turned down
  the question | what stands before the answer
"""

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "number": ("customer number", "reference number", "policy number", "ticket number"),
    "code": ("booking code", "voucher code", "door code", "locker code"),
    "name": ("contact person", "driver", "stand-in", "tutor"),
    "place": ("pick-up point", "branch office", "stopover", "shipping address"),
    "date": ("start date", "delivery date", "return date", "billing date"),
}
"""What can be wished for an owner, by the kind of the value; none is part of another."""
RULE = (
    " Wishes are counted in the order of the text, however they are worded: each change of mind is "
    "one more, and a proposal that was turned down is none. Write the {attribute} alone."
)
WORDINGS = """\
I'd like {value} as the {attribute} for {key}. | Noted.
  I thought again: make it {value}, the {attribute} for {key}.
  Would it be better to have {value} as the {attribute} for {key}? | No, leave it as it is.
  Which {attribute} is the {moment} one wished for {key}? | Wished:
Please put down {value} under {attribute} in the matter of {key}. | It is down.
  Please strike that out and put {value} under {attribute} in the matter of {key}.
  Shall I put {value} under {attribute} in the matter of {key}? | Please don't.
  In the matter of {key}, what did the {moment} wish put down under {attribute}? | Put down:
By the way, regarding {key}: the {attribute} should be {value}. | Sure, will do.
  Once more regarding {key}: the {attribute} should now be {value}.
  Regarding {key}, what about {value} as the {attribute}? | Rather not.
  Of all wishes regarding {key} and its {attribute}, what does the {moment} say? | It says:
can you set the {attribute} of {key} to {value}, thanks | done
  sorry, set the {attribute} of {key} to {value} instead
  want me to set the {attribute} of {key} to {value}? | nope
  what was the {attribute} of {key} set to by the {moment} wish? | set to:
One thing before I forget, {key} needs a {attribute}, and I want {value}. | Understood.
  On reflection, {key} needs another {attribute}, and I want {value}.
  Since {key} needs a {attribute}, may I suggest {value}? | You may, but I decline.
  The {moment} time a {attribute} is wanted for {key}, which is it? | Wanted:
My choice for {key}, as far as the {attribute} goes, is {value}. | Your choice is recorded.
  My choice for {key} has changed, and the {attribute} is to be {value}.
  For {key}, is {value} a {attribute} that you could live with? | I could not.
  Name the {attribute} in the {moment} choice made for {key}. | Choice:
Could we agree on {value} when it comes to the {attribute} of {key}, as I prefer that. | Agreed.
  I go back on my word: for the {attribute} of {key} I prefer {value}.
  Might you prefer {value} for the {attribute} of {key}? | I do not.
  What is preferred, the {moment} time, for the {attribute} of {key}? | Preferred:
Order slip for {key}: enter {value} in the box marked {attribute}. | Entered.
  Correction of the order slip for {key}: the box marked {attribute} gets {value}.
  The order slip for {key} could have {value} in the box marked {attribute}, yes? | Not so.
  For the box marked {attribute} and {key}, what was the {moment} entry asked for? | Entry:
For {key} my wife wants {value} to be the {attribute}. | I'll tell them.
  My wife has other ideas, and for {key} wants {value} to be the {attribute}.
  Would your wife take {value} for {key} if the {attribute} had to change? | She would not.
  What is the {moment} {attribute} that the wife wants for {key}? | She wants:
I have decided about {key}, so let the {attribute} be {value}. | Very well.
  I have decided anew about {key}, so let the {attribute} be {value}.
  Have you thought of {value} to be the {attribute} of {key}? | I have, and it will not do.
  What was decided, in the {moment} decision, about the {attribute} of {key}? | Decided:
Update the profile of {key} so that the {attribute} reads {value}. | Profile updated.
  Change the profile of {key} once again, the {attribute} has to read {value}.
  Do you want the profile of {key} to have {value} for the {attribute}? | I do not want that.
  By the {moment} update wished, how does the {attribute} of {key} read? | It reads:
We should speak of {key}; we need {value} there, I mean as the {attribute}. | I see.
  We spoke of {key}; we need {value} after all, I mean as the {attribute}.
  Speaking of {key}, is it {value} that you need as the {attribute}? | It is not.
  Which {attribute} does the {moment} wish about {key} say is needed? | Needed:
Note for the file on {key}, the client asks that {value} be the {attribute}. | Filed.
  Fresh note for the file on {key}, the client now asks that {value} be the {attribute}.
  From the file on {key}, should {value} not be the {attribute}? | It should not.
  Going by the {moment} note with a wish, what is the {attribute} for {key}? | By the note:
Let me settle {key} today, with {value} for the {attribute}. | Settled.
  Let me unsettle {key} again, with {value} for the {attribute}.
  Why not settle {key} with {value} for the {attribute}? | Because I said otherwise.
  On what {attribute} for {key} did the {moment} settlement settle? | Settled on:
If anybody calls about {key}, the {attribute} we want is {value}. | I shall say so.
  If they call again about {key}, say that the {attribute} we want is {value}.
  If they call about {key} and offer {value} for the {attribute}, do we accept? | We refuse.
  What do we want for the {attribute} of {key}, taking the {moment} instruction? | We want:
Do reserve {value} for us, that is, as the {attribute} on the account of {key}. | Reserved.
  Cancel what we had and take {value} as the {attribute} on the account of {key}.
  Could we have {value} as the {attribute} on the account of {key}? | Better not.
  On the account of {key}, which {attribute} was the {moment} to be wished for? | On account:
To {key} I would assign {value}, speaking of the {attribute}. | Assigned.
  To {key} I would rather assign {value}, speaking of the {attribute}.
  Might one assign {value} to {key}, speaking of the {attribute}? | One might not.
  Counting real wishes, what is the {moment} {attribute} to be assigned to {key}? | Assigned:
Tell the office that {key} goes with {value} where the {attribute} is concerned. | They know.
  Tell the office that {key} moves on to {value} where the {attribute} is concerned.
  The office asks: does {key} go with {value} where the {attribute} is concerned? | No.
  With what {attribute} does {key} go by the {moment} message for the office? | Goes with:
My mind is made up on the {attribute}: it is {value} for {key}. | As you wish.
  My mind is made up differently on the {attribute}: it is {value} for {key}.
  To help you make up your mind on the {attribute}, is {value} right for {key}? | It is wrong.
  Which {attribute} for {key} did the {moment} resolve come to? | Resolve:
Under {key}, kindly arrange {value} in terms of {attribute}. | Arranged.
  Under {key}, kindly rearrange things, with {value} in terms of {attribute}.
  Under {key}, could I arrange {value} in terms of {attribute}? | Kindly not.
  What arrangement does the {moment} request make for {key} in terms of {attribute}? | Arranged:
Somebody has to pick a {attribute} for {key}, and I pick {value}. | Good pick.
  I take back my pick of a {attribute} for {key} and go for {value}.
  Is your pick of a {attribute} for {key} perhaps {value}? | Perhaps it is not.
  Among the picks of a {attribute} for {key}, what is the {moment}? | Pick:
For the form about {key}, the line with the {attribute} takes {value}. | Written in.
  For the form about {key}, wipe the line with the {attribute} and write {value}.
  The form about {key} could have {value} on the line with the {attribute}, shall I? | No.
  What did the line with the {attribute} get from the {moment} wish about {key}? | The line got:
You know {key}, so remember {value} as the {attribute} from this day. | I'll remember.
  You know {key}, so forget the old {attribute} and remember {value} from this day.
  You know {key}, so would you care for {value} as the {attribute}? | I would not care for it.
  What was the {moment} {attribute} of {key} that had to be remembered? | Remember:
The boss says the {attribute} that suits {key} is {value}. | Word has reached us.
  The boss now says that what suits {key} for a {attribute} is {value}.
  Does the boss think {value} suits {key} as a {attribute}? | The boss does not.
  By the {moment} word of the boss, which {attribute} suits {key}? | The boss:
"""
