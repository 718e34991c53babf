"""Massage Coverage Guide's estimator: will insurance pay for massage, and what will I pay?

One pure function, ``estimator.engine.estimate``, decides and counts. The build, the tests,
the command line and the browser all call it.
"""
