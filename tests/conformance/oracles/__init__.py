"""Answers found again without a line of the code that asks the questions.

`stored` reads an episode's files, `wording` understands the question as a person would, `boxes` and `people` are plain
mathematics on samples. `geometry` answers from the house's record, `pixels` from depth and ids of the saved frames.
"""
