"""This deployment: its files loaded and checked, the kinds of its own files, its keys' standing, its folders."""
