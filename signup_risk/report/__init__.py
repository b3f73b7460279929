"""Write pages for people who have neither the library nor a notebook."""
