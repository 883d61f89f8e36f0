"""One store of any size, written straight into a migrated database in one pass, with its ground truth.

    python -m tests.bench.generator --orders 10000 --audit 10000 [--engine postgresql] [--dir /tmp/bench]

`shape` says how much of what, `orders` what every store is full of, `stories` what is wrong or only looks so,
`stock` the balances that agree with it, `audit` a chain that verifies, `load` how rows get in fast.
"""
