from .order import Order, OrderItem
from .customer import Customer, Product
