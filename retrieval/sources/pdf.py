"""PDF."""
def read_pdf(data, path): raise NotImplementedError
