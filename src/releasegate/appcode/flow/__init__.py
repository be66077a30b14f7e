"""A name, a call or a class in a tree -> what it stands for, and where it goes, across files."""
