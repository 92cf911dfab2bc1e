"""Collections of models that a user has downloaded: objathor's Objaverse assets and MolmoSpaces' MJCF objects.

What lies in such a folder came from the internet and is not trusted: no code in it is run, no file outside it is opened
by name, and what cannot be read is a `DamagedModel`, never another exception.
"""
