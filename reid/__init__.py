"""leopard-reid: do these photographs show the same leopard?"""
