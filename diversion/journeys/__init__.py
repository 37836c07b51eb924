"""Journey times behind one port: every source answers the same question in the same shape, and says who it is."""
