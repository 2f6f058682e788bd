"""Measuring the portal against a real server on loopback; docs/performance.md holds the figures."""
