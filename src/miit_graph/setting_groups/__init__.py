"""The settings by concern: one group a module. `miit_graph.settings.Settings` is all of them together.

Each setting is one field that carries its variable, its kind and its help text, so the documentation is generated from
here.
"""
