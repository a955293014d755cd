"""What each command takes on the command line: modules and functions are called as those of `miit_graph.commands`."""
