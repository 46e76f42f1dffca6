"""Starting a company's books from a trial balance."""
