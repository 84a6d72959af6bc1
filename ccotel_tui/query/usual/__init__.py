"""What a usual day comes to, and what is to be expected of this one."""
