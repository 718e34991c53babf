"""Let the page ask the estimator: the one file that runs in the browser's worker only."""

from polyscript import xworker

from estimator.browser import respond

xworker.sync.respond = respond
