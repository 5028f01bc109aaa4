"""N-grams of words or tokens as arrays of hashes: what two texts share.

`words` and `tokens` turn a text into `Units`, a hash and a place for each word or token.
`units.rolling` hashes every run of n of them. Hashes are 64 bits, the same on every machine, and
take no seed, so what one run wrote another can look up.
"""
