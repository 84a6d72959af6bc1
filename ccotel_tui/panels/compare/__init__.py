"""Stats beside the usual day, the window before and the budgets."""
