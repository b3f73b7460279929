"""Say what evasions cost: a dated list, each price with its source."""

from signup_risk.prices.price_list import Cost, Price, Prices, load_prices

__all__ = ["Cost", "Price", "Prices", "load_prices"]
