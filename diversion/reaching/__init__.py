"""Reaching people who look at no screen: sealed addresses, words, and the one place that hands a message out.

Pure of rows: what is to be delivered, and what became of it, is written by ``diversion.commands.reaching``.
"""
