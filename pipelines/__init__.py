"""Introduces the rooms to each other, writes, runs in parallel, trains and talks to the user.

Stacked: cli -> verify | report -> build | feed -> plan | executors | shards | store -> files.
"""
