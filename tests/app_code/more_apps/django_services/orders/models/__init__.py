from .order import Order, OrderItem
