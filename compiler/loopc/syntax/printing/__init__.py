"""The canonical form of a program: documents with breakable lines, made from trees."""
