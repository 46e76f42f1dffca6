"""The five simulated companies. Businesses and people are invented; merchants appear as banks print them."""
