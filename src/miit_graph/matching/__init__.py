"""Does a name match what somebody typed? In Chinese, in pinyin, in Latin script, by abbreviation.

Works on texts alone and knows no graph, so that the search page and the functions of SPARQL decide alike.
"""
