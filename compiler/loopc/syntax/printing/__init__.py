"""The canonical form of a program: documents with breakable lines, built from the tree."""
