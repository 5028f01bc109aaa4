"""What travels between the rooms: frozen dataclasses, their invariants, their Arrow types.

Nothing here acts. A newcomer who reads this package and then `pipelines/build` has seen the
whole machine.
"""
