"""litmap: which claims have what evidence, for which condition, by which route, and where is there none?"""

__version__ = "0.1.0"
