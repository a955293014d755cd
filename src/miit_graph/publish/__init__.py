"""What is told to machines about a dataset as a whole: VoID, DCAT, prefixes, example queries.

Everything here is computed from a profile of the dataset, which is asked of an engine; nothing here knows of the web.
"""
