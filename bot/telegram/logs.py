import logging


def configure(*, secrets, lively, debug=False):
    logging.basicConfig(level=logging.INFO)
