from django.db import transaction
from django.shortcuts import get_object_or_404

from .models import Customer, Order, OrderItem, Product


@transaction.atomic
def place_order(customer, cart):
    order = Order.objects.create(customer=customer, status="placed")
    for line in cart:
        OrderItem.objects.create(order=order, product=line.product, quantity=line.quantity)
    return order


def guest_order(email, product_id):
    customer = Customer.objects.filter(email=email).first()
    order = Order(status="guest")
    order.customer = customer
    order.save()
    order.items.create(product_id=product_id)
    return order


def import_items(order_id, rows):
    items = []
    for row in rows:
        items.append(OrderItem(order_id=order_id, quantity=row["quantity"]))
    OrderItem.objects.bulk_create(items, batch_size=500)


def ensure(customer_id, status):
    order, created = Order.objects.get_or_create(customer_id=customer_id, defaults={"status": status})
    return order


def touch(order, product):
    OrderItem.objects.update_or_create(order=order, defaults={"product": product, "quantity": 2})
    OrderItem.objects.filter(order=order).update(quantity=1)
    OrderItem.objects.filter(order=order).update(product=None)


def cancel(order_id):
    order = get_object_or_404(Order, pk=order_id)
    order.delete()


def purge(product):
    Product.objects.filter(title="").delete()
    OrderItem.objects.filter(product=product).delete()
    form = Order(status="preview")
    return str(form)


def reassign(order: Order, customer: Customer):
    order.customer = customer
    order.save(update_fields=["customer"])
