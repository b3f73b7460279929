"""Farms: campaigns that draw their suppliers and manners from wide priors."""
