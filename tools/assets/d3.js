// The parts of D3 that the views use; esbuild leaves out the rest.
export { axisBottom } from "d3-axis";
export { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY } from "d3-force";
export { geoGraticule10, geoNaturalEarth1, geoPath } from "d3-geo";
export { scaleBand, scaleLinear, scaleSqrt, scaleUtc } from "d3-scale";
export { select } from "d3-selection";
export { symbol, symbolCircle, symbolCross, symbolDiamond, symbolSquare, symbolStar, symbolTriangle, symbolWye } from "d3-shape";
export { zoom, zoomIdentity } from "d3-zoom";
export { feature, mesh } from "topojson-client";
