"""Running the product: whether it works, what that means for dispatch, and what an operator does about it."""
