"""The portal's forms; each page's form is imported from its own file."""
