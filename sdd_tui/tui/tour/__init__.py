"""The guided tour: six recorded models, from three training examples to twenty thousand, and what each of them shows.

`stations.py` has the words, `moments.py` finds in the recordings the steps that they are about, `screen.py` plays them.
`recorded/` holds these, ordinary run directories, made by `python -m tests.tui.make_tour`.
"""
