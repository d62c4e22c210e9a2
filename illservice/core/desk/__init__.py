"""What the pages of both desks share: forms of actions, acting, conflicts, history. Knows no library noun."""
