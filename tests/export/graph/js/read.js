// Reads a graph file with the library named first, and prints nodes and edges as JSON.
const fs = require("fs");
const [, , reader, path] = process.argv;
const text = fs.readFileSync(path, "utf8");

function graphology() {
  const Graph = require("graphology");
  const graph = {
    gexf: () => require("graphology-gexf").parse(Graph, text),
    graphml: () => require("graphology-graphml").parse(Graph, text),
    graphology: () => Graph.from(JSON.parse(text)),
  }[reader]();
  return {
    nodes: graph.mapNodes((id, values) => ({ id, values })),
    edges: graph.mapEdges((id, values, source, target) => ({ id, source, target, values })),
  };
}

function cytoscape() {
  const graph = require("cytoscape")({ headless: true, ...JSON.parse(text) });
  const values = (element) => ({ ...element.data(), classes: element.classes() });
  return {
    nodes: graph.nodes().map((node) => ({ id: node.id(), values: values(node) })),
    edges: graph.edges().map((edge) => ({
      id: edge.id(), source: edge.source().id(), target: edge.target().id(), values: values(edge),
    })),
  };
}

process.stdout.write(JSON.stringify(reader === "cyjs" ? cytoscape() : graphology()));
