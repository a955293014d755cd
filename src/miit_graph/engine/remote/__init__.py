"""An engine behind a SPARQL 1.1 endpoint of another program, on this machine or elsewhere.

`endpoint` is what has to be known of it, `kinds` what is known of the programs that there are, `client` holds the
conversation (urllib3), `body` makes sure that a part is never taken for the whole, `transcode` writes an answer in a
format that the other side lacks, `state` names the state of the data, `about` tells what is there, and `engine` puts
all of it behind `miit_graph.engine.api.Engine`.
"""
