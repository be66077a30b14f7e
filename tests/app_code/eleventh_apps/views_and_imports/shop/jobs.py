from collections import defaultdict


def fill(order, lines):
    from shop.models import OrderItem, store_items

    rows = [OrderItem(order=order, product=line.product) for line in lines]
    store_items(rows)


def reward(region):
    from shop.models import Order, best_customer

    Order.objects.create(customer=best_customer(region))


def sort_in(lines):
    from shop.models import OrderItem

    by_order = defaultdict(list)
    for line in lines:
        by_order[line.order].append(OrderItem(order=line.order, product=line.product))
    for order, rows in by_order.items():
        order.orderitem_set.bulk_create(rows)
