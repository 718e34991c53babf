"""What runs at build time only: page parts, the browser runtime, the finished site."""
