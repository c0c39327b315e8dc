"""Deploys by a workflow of GitHub Actions, and stopping a run."""
