"""Random changes of images, drawn anew for each example."""
