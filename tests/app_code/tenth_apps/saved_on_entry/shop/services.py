from asgiref.sync import sync_to_async
from django.core.files.base import ContentFile
from django.db import IntegrityError

from shop.models import Customer, GiftOrder, OpenOrder, Order, OrderItem, Product


def begin(customer, work):
    with Order(customer=customer, status="new") as order:
        work(order)


def begin_without(work):
    with Order(status="new") as order:
        work(order)


def keep_receipt(customer, content):
    order = Order(customer=customer)
    order.receipt.save("receipt.txt", ContentFile(content))


def give(customer, product):
    gift = GiftOrder.objects.create(customer=customer, greeting="enjoy")
    OrderItem.objects.create(order=gift, product=product)


def reopen(customer_id):
    OpenOrder.objects.get_or_create(customer_id=customer_id, status="open")


def add_current(order):
    item = OrderItem(order=order)
    item.save()


def only_shown(order):
    # made for a preview, and never saved
    return OrderItem(order=order).quantity


def retry(email, order: Order):
    try:
        customer = Customer(email=email)
        customer.save()
    except IntegrityError:
        customer = Customer.objects.get(email=email)
    order.customer = customer
    order.save()


async def fill(order, titles):
    items = {}
    for title in titles:
        product = await Product.objects.aget(title=title)
        items[title] = OrderItem(order=order, product=product)
    ordered = sorted(items.values(), key=lambda item: item.product_id)
    await sync_to_async(OrderItem.objects.bulk_create)(ordered)
